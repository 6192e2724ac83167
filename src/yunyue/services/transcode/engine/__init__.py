"""The programs that do the work, each run in the sandbox: ffmpeg, ffprobe and Shaka Packager."""
