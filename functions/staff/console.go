package main

// routeConsole routes signing in by browser, and the console's first page.
func (h *handler) routeConsole() {}
