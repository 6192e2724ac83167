"""The pages of video transcoding."""
