//! Short forms of expected results.

use crate::names_and_times::*;

/// An input with the sequencer of most examples.
pub fn input_at(key: &str, at: &str) -> What {
    input_of(key, at, Some(SEQUENCER))
}

pub fn input_of(key: &str, at: &str, upload_id: Option<&str>) -> What {
    What::Input {
        bucket: "my-inputs".to_owned(),
        key: key.to_owned(),
        at: Some(at.parse().unwrap()),
        upload_id: upload_id.map(str::to_owned),
    }
}

pub fn red_flower() -> What {
    input_at("async/in/red flower.jpg", UPLOADED)
}

pub fn alarm_of(variant: Option<&str>) -> What {
    What::Alarm {
        endpoints: vec!["my-endpoint".to_owned()],
        variant: variant.map(str::to_owned),
        mentioned: vec![],
        at: Some(ALARMED.parse().unwrap()),
    }
}

pub fn result(status: &str) -> What {
    What::Result {
        endpoint: "my-endpoint".to_owned(),
        status: status.to_owned(),
        input: Location::of_object("my-inputs", "async/in/red flower.jpg"),
        inference_id: Some("3f1c9d5e-7a54-4a5c-9d57-8f1f0b6d2c55".to_owned()),
        received_at: Some(RECEIVED.parse().unwrap()),
    }
}

pub fn changed(endpoint: &str) -> What {
    What::EndpointChanged { endpoint: endpoint.to_owned(), status: "IN_SERVICE".to_owned() }
}

pub fn invoked(endpoints: &[&str], at: Option<&str>) -> What {
    What::Invocation {
        endpoints: endpoints.iter().map(ToString::to_string).collect(),
        at: at.map(|at| at.parse().unwrap()),
    }
}

pub fn command(command: Command) -> What {
    What::Command { command, endpoint: "my-endpoint".to_owned(), variant: None }
}

pub fn signals(whats: impl IntoIterator<Item = What>) -> Decoded {
    let signals = whats.into_iter().map(|what| Signal { message_id: None, what }).collect();
    Decoded { signals, ..Decoded::default() }
}

pub fn queued(parts: impl IntoIterator<Item = (&'static str, What)>) -> Decoded {
    let signal = |(id, what): (&str, What)| Signal { message_id: Some(id.to_owned()), what };
    let signals = parts.into_iter().map(signal).collect();
    Decoded { signals, sqs: true, ..Decoded::default() }
}

pub fn ignored(place: &str, why: Why) -> Decoded {
    let ignored = vec![Ignored { place: place.to_owned(), why }];
    Decoded { ignored, ..Decoded::default() }
}

pub fn folder_marker() -> Why {
    Why::FolderMarker { bucket: "my-inputs".to_owned() }
}

pub fn no_creation() -> Why {
    Why::NoCreation { bucket: Some("my-inputs".to_owned()) }
}

pub fn problems(decoded: &Decoded) -> Vec<&str> {
    decoded.broken.iter().map(|broken| broken.problem.as_str()).collect()
}
