-- Recordings of published texts: the key of the text, the file (in HOME/speech), the order in which terminals fetch.
CREATE TABLE speech_audio (
  key TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  seconds REAL NOT NULL,
  rank INTEGER NOT NULL,
  made_at TEXT NOT NULL
);
CREATE INDEX speech_audio_sha256 ON speech_audio (sha256);
CREATE TABLE speech_change (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL);
INSERT INTO speech_change (one, number) VALUES (1, 0);
