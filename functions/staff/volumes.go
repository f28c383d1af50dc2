package main

// routeVolumes routes the volumes: JSON, pages and files.
func (h *handler) routeVolumes() {}
