//! Uploads, requests and results of the past. All objects have the same bytes, so they share one file.

use std::io;

use reactive_scaler::config::Route;
use simulator::{
    InferenceRequest, ObjectChange, Operation, RequestInput, RequestStatus, Simulator,
};

use super::workload::Arrival;
use crate::{
    inference::location_parts,
    objects::{Object, Objects},
};

/// Each input, and so each output.
const INPUT: &[u8] = b"{}\n";

const JSON: &str = "application/json";

/// Those who use the endpoints of a past.
#[derive(Debug)]
pub(super) struct Clients<'a> {
    sim: &'a Simulator,
    objects: &'a Objects,
    routes: &'a [&'a Route],
    object: Object,
    sent: usize,
}

impl<'a> Clients<'a> {
    /// `sent`: the number of requests before.
    ///
    /// # Errors
    ///
    /// The file of the objects cannot be written.
    pub(super) async fn new(
        sim: &'a Simulator,
        objects: &'a Objects,
        routes: &'a [&'a Route],
        sent: usize,
    ) -> io::Result<Self> {
        let mut object = objects.unlisted(INPUT).await?;
        object.content_type = Some(JSON.to_owned());
        sim.with(|world| world.hand_over_finished());
        Ok(Self { sim, objects, routes, object, sent })
    }

    /// Uploads an input if the route has a bucket, and requests its inference.
    pub(super) fn send(&mut self, arrival: &Arrival) {
        let Some(route) = self.routes.get(arrival.endpoint) else { return };
        self.sent += 1;
        let bucket = route.bucket.as_ref().filter(|_| !arrival.inline);
        let key = format!("{}input-{:06}{}", route.prefix, self.sent, route.suffix);
        self.sim.with(|world| {
            let input = match bucket {
                Some(bucket) => {
                    world.call_bucket(Operation::PutObject, bucket, &key, |_| Ok(())).ok();
                    let object = self.object.clone();
                    self.objects.insert(world, bucket, &key, object, ObjectChange::Put);
                    RequestInput::Location(format!("s3://{bucket}/{key}"))
                }
                None => RequestInput::Inline(INPUT.to_vec()),
            };
            let request = InferenceRequest {
                input,
                inference_id: None,
                content_type: Some(JSON.to_owned()),
                accept: None,
                custom_attributes: Some(format!("processing={}s", arrival.processing.as_secs())),
                ttl: None,
                timeout: None,
                filename: None,
                path_extension: None,
            };
            // A refused request is lost, as in an account.
            world.invoke_endpoint_async(&route.endpoint, request).ok();
        });
    }

    /// Writes the results of the requests that have ended, and publishes them.
    pub(super) fn receive(&self) {
        self.sim.with(|world| {
            for request in world.take_finished() {
                let (location, text) = match &request.status {
                    RequestStatus::Completed => (&request.output, INPUT),
                    RequestStatus::Failed(reason) | RequestStatus::Expired(reason) => {
                        (&request.failure, reason.as_bytes())
                    }
                };
                if let Some((bucket, key)) = location_parts(location) {
                    let object = self.object.clone();
                    self.objects.insert(world, bucket, key, object, ObjectChange::Put);
                }
                world.publish_result(&request, text);
            }
        });
    }
}
