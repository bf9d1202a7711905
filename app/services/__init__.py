"""Operations beyond list and get, by capability."""
