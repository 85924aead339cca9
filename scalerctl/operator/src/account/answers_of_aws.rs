//! An HTTP client that accepts a successful answer only from AWS.
//!
//! The SDK reads any JSON object, and also an empty body, as a complete answer: what is absent counts as "none". So the
//! page of a proxy would mean that an endpoint is not async, or that nothing is registered. Every answer of AWS has a
//! header with an ID of the request.

use aws_sdk_sagemaker::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use reactive_scaler::{aws::REQUEST_ID, port::NoAnswer};

/// This client, which fails a call if a successful answer is not of AWS.
pub fn answers_of_aws(http: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(AnswersOfAws(http))
}

#[derive(Debug)]
struct AnswersOfAws(SharedHttpClient);

impl HttpClient for AnswersOfAws {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Checked(self.0.http_connector(settings, components)))
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

#[derive(Debug)]
struct Checked(SharedHttpConnector);

impl HttpConnector for Checked {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            match answer.status().is_success() && !is_of_aws(&answer) {
                true => {
                    let why = NoAnswer::NotAws(answer.status().as_u16());
                    Err(ConnectorError::other(why.into(), None))
                }
                false => Ok(answer),
            }
        })
    }
}

fn is_of_aws(answer: &HttpResponse) -> bool {
    REQUEST_ID.iter().any(|name| answer.headers().get(*name).is_some())
}
