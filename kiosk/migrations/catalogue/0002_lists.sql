-- Lists of a kind, newest first, and their counts by validity, read from the index alone: with 20,000 documents
-- a list took 36 ms of work without it and takes 12 with it (bench/README.md).
DROP INDEX document_kind_published;
CREATE INDEX document_listed ON document (deleted, kind, published_on DESC, doc_id, validity);
