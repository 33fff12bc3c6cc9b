"""How operations travel, each part by itself."""
