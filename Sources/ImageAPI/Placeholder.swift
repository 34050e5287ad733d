// ImageAPI
