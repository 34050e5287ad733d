-- What a copy that goes on after a restart must know: the source's entity tag, so that only the same data is gone on with.

ALTER TABLE tasks ADD COLUMN source_tag TEXT;
