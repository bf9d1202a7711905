"""How evidence notes become a verdict, its certainty and its conflicts."""
