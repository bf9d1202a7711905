"""The mechanism as a graph: built from the store, narrowed, walked, told, and written out."""
