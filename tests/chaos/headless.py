"""A mutant: unfenced, and whoever takes over believes the tables: nothing bars what is still on its way."""

from chaos import amnesia, unfenced

__all__ = ["amnesia", "unfenced"]
