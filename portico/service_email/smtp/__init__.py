"""The one path to a mail server: real mail and the mail doctor both take it. No Django here."""
