"""Mail servers, good ones and bad ones, and what the one path to a server makes of them."""
