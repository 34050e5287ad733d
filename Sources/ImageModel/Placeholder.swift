// ImageModel
