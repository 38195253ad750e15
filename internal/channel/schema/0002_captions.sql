CREATE TABLE channel_captions (
  post_id TEXT NOT NULL REFERENCES channel_posts (id),
  lang TEXT NOT NULL CHECK (lang IN ('zh-CN', 'en')),
  body TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (post_id, lang)
);
