//! Amazon S3: the protocol is that of the crate s3s, the buckets are those of the model, and the objects are in a
//! temporary folder.
//!
//! | module | content |
//! |---|---|
//! | `operations` | the operations |
//! | `receive` | the bytes of an upload, and their checksums |
//! | `uploads` | multipart uploads |
//! | `listing` | a page of a list of objects |
//! | `notifications` | notification configurations |
//! | `host` | addresses that name a bucket |
//! | `time` | times of the model as times of s3s |

mod host;
mod listing;
mod notifications;
mod operations;
mod receive;
mod time;
mod uploads;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use s3s::{
    S3Result,
    auth::{S3Auth, SecretKey},
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use simulator::Simulator;

use crate::objects::Objects;

use host::LocalHost;
use operations::Buckets;

/// The access key and the secret key.
const KEY: &str = "local";

/// The service, for the buckets of this model and these objects. It answers all paths.
pub fn router(sim: &Simulator, objects: &Objects) -> Router {
    let mut builder = S3ServiceBuilder::new(Buckets::new(sim.clone(), objects.clone()));
    builder.set_auth(OneKey);
    builder.set_host(LocalHost);
    Router::new().fallback(answer).with_state(builder.build())
}

async fn answer(State(service): State<S3Service>, request: Request) -> Response {
    match service.call(request.map(s3s::Body::http_body_unsync)).await {
        Ok(response) => response.map(Body::new),
        // The request is no HTTP request that S3 can read.
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The only key. S3 answers another one with `InvalidAccessKeyId`, and another secret with `SignatureDoesNotMatch`.
struct OneKey;

#[async_trait::async_trait]
impl S3Auth for OneKey {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match access_key {
            KEY => Ok(KEY.into()),
            _ => Err(s3_error!(
                InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records. The local AWS knows the key \"local\"."
            )),
        }
    }
}
