"""Video transcoding (视频转码服务): in the catalogue, not yet available."""
