package main

// routeCalls routes logging calls: JSON and pages.
func (h *handler) routeCalls() {}
