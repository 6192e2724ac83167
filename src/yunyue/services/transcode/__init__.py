"""Video transcoding (视频转码服务): films in, streams, files and pictures out, billed by minutes of output."""
