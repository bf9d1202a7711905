"""Generated clients, importers and tools that others wrote, run against the service.

`make clients` runs all of them; `.ci/run` those that are not marked `heavy`. The ordinary suite
leaves them out, since they are installed from the registries: see `environments.py`.
"""
