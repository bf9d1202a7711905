from tests.factories import Fields, factory


@factory("instruments", {"kind": "scale"})
def instrument(number: int) -> Fields:
    return {
        "kind": ["scale", "apparatus"][number % 2],
        "item_count": [None, 10, 21][number % 3],
        "maker": f"Montgomery and Åsberg {number}",
        "process": f"process-{number}",
        "ranges": [{"lowest": 0, "meaning": "No symptoms"}, {"lowest": 7, "meaning": "Mild"}],
        "references": [f"reference-{number}"],
    }
