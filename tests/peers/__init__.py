"""The other ends of Portico's connections, real ones on loopback addresses, as tests want them."""
