"""Peers: what the service is measured against, each as somebody would plainly write it."""
