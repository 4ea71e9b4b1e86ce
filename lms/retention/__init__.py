"""How long records are kept, what keeps them longer, and what is left of whoever is erased."""
