package main

// routeDirectory routes the directory: JSON and pages.
func (h *handler) routeDirectory() {}
