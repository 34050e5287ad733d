-- Who works on a task: a glance-api, by the store that it has to itself. Its hold ends at lease_until, unless it gives a
-- sign of life before.
ALTER TABLE tasks ADD COLUMN lease_holder TEXT;

-- What a task shows to its source on its owner's behalf, sealed; NULL where that is nothing, and once the task is over.
ALTER TABLE tasks ADD COLUMN credential TEXT;
