"""Names of the jurisdictions whose acts are on record."""

from types import MappingProxyType

#: Names in a sentence, by ISO 3166 code; EU and INT stand for what is no country.
JURISDICTIONS = MappingProxyType(
    {
        "AT": "Austria",
        "AU": "Australia",
        "BR": "Brazil",
        "CA": "Canada",
        "CH": "Switzerland",
        "CN": "China",
        "DE": "Germany",
        "EU": "the European Union",
        "FR": "France",
        "GB": "the United Kingdom",
        "GB-ENG": "England",
        "GB-NIR": "Northern Ireland",
        "GB-SCT": "Scotland",
        "GB-WLS": "Wales",
        "IN": "India",
        "INT": "international bodies",
        "JP": "Japan",
        "NL": "the Netherlands",
        "NZ": "New Zealand",
        "PH": "the Philippines",
        "PT": "Portugal",
        "SG": "Singapore",
        "TW": "Taiwan",
        "US": "the United States",
    }
)


def jurisdiction_name(code: str) -> str:
    """Return the name of a jurisdiction in a sentence; its code if it has no name here."""
    return JURISDICTIONS.get(code, code)
