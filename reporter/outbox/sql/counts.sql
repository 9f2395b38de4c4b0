-- `status`, `submit` and the daemon's status line: the queue, by its own index.
SELECT count(*), coalesce(sum(length(body)), 0), coalesce(min(created_us), 0)
FROM report INDEXED BY report_queue WHERE state = 'queued';
