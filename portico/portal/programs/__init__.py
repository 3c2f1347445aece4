"""Mini programs on the web: a landing page on the workspace's host, and the program in a frame,
from an origin that its version alone has, below the content domain."""
