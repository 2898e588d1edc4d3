"""Background jobs: procrastinate on the same PostgreSQL, its worker in a process of its own, without gevent.

`app` is the application and its tables, `tasks` what the jobs do (each calls one use case of `oklik.campaigns`),
`worker` the process.  Jobs are handed over by `oklik.store.deferring`, in the transaction of whoever wants them.
"""
