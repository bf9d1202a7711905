"""The MCP server: tools for language models, over stdio (`kkb mcp`) and HTTP (`/mcp`)."""
