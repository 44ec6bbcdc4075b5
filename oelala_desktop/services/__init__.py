"""The use cases, on asyncio and without Qt: what the window, the API and the command line all call."""
