-- What a client of Glance's API says about a location, as a JSON object.

ALTER TABLE image_locations ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata));
