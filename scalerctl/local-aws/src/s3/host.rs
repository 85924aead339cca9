//! Addresses that name a bucket: `BUCKET.localhost:PORT` and `BUCKET.s3.localhost:PORT`.

use s3s::{
    S3Result,
    host::{S3Host, VirtualHost},
};

/// The names of this machine, each also with `s3.` before it. Clients that put the bucket into the name of the host do
/// so for names only, and not for 127.0.0.1.
const NAMES: [&str; 2] = ["s3.localhost", "localhost"];

pub(super) struct LocalHost;

impl S3Host for LocalHost {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let name = host.split(':').next().unwrap_or(host);
        let bucket = NAMES.iter().find_map(|it| name.strip_suffix(it)?.strip_suffix('.'));
        Ok(match bucket {
            Some(bucket) => VirtualHost::new("localhost").with_bucket(bucket),
            None => VirtualHost::new(host),
        })
    }
}
