"""What the doctor looks at, each part by itself."""
