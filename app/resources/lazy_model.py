"""Base of pydantic models that are built on first use."""

import warnings

from pydantic import BaseModel, ConfigDict
from pydantic.warnings import UnsupportedFieldAttributeWarning

# FastAPI says a parameter's name twice, and silences this where it builds a model; later, we must.
warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)


class LazyModel(BaseModel):
    """The base of such a model; a class that subclasses it says nothing more."""

    model_config = ConfigDict(defer_build=True)
