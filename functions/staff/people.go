package main

// routePeople routes looking people in custody up: JSON and pages.
func (h *handler) routePeople() {}
