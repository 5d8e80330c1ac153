-- 32 messages in one statement and one transaction.
insert into bench.message (body) values
    (:body), (:body), (:body), (:body), (:body), (:body), (:body), (:body),
    (:body), (:body), (:body), (:body), (:body), (:body), (:body), (:body),
    (:body), (:body), (:body), (:body), (:body), (:body), (:body), (:body),
    (:body), (:body), (:body), (:body), (:body), (:body), (:body), (:body);
