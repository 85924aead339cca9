//! Keys of the SageMaker Python SDK: `[PREFIX/]async-endpoint-inputs/NAME-YYMMDD-HHMM/TIMESTAMP-UUID`.
//!
//! The first five are as version 2.257.6 makes them. The others follow its source: `name_from_base(name,
//! short=True)` leaves 51 characters of the name, `s3_path_join` joins a prefix of several folders, and
//! `AsyncPredictor` takes the endpoint's name if it has none of its own. Unlike `tests/function/sdk_keys.rs`,
//! these tests need no SDK.

use jiff::Timestamp;
use serde_json::json;

use crate::{
    harness::{Function, TestWorld, on_event_bus, upload},
    replay::{at_zero, woken},
};

const BUCKET: &str = "sagemaker-eu-west-1-123456789012";

/// An endpoint, and an upload to it.
struct Row {
    /// What was called.
    call: &'static str,
    endpoint: &'static str,
    /// The model of the endpoint's configuration.
    model: &'static str,
    /// `default_bucket_prefix`, with its `/`.
    prefix: &'static str,
    /// NAME in the key.
    name: &'static str,
    /// Registered endpoints with similar names or models, which stay at zero: endpoint, model.
    similar: &'static [(&'static str, &'static str)],
}

/// The endpoint, the model and NAME if both names are the SDK's own: NAME is the model's name, cut.
const ENDPOINT_BY_SDK: &str = "huggingface-pytorch-inference-2026-11-25-18-46-59-653";
const MODEL_BY_SDK: &str = "huggingface-pytorch-inference-2026-11-25-18-46-58-412";
const CUT: &str = "huggingface-pytorch-inference-2026-11-25-18-46-58-4";

/// Names of 51, 52 and 63 characters, each the beginning of the next.
const NAME_51: &str = "whisper-large-v3-for-the-call-center-of-the-north-e";
const NAME_52: &str = "whisper-large-v3-for-the-call-center-of-the-north-eu";
const NAME_63: &str = "whisper-large-v3-for-the-call-center-of-the-north-eu-2026-11-25";
const NAME_50: &str = "whisper-large-v3-for-the-call-center-of-the-north-";

const ROWS: &[Row] = &[
    Row {
        call: "Model(image_uri=...).deploy()",
        endpoint: ENDPOINT_BY_SDK,
        model: MODEL_BY_SDK,
        prefix: "",
        name: CUT,
        similar: &[(
            "huggingface-pytorch-inference-2026-11-24-18-46-59-653",
            "huggingface-pytorch-inference-2026-11-24-18-46-58-412",
        )],
    },
    Row {
        call: "Model(image_uri=...).deploy(endpoint_name=\"my-endpoint\")",
        endpoint: "my-endpoint",
        model: MODEL_BY_SDK,
        prefix: "",
        name: CUT,
        similar: &[("my-endpoint-2", "huggingface-pytorch-inference-2026-11-25-18-46-57-412")],
    },
    Row {
        call: "Model(name=\"my-model\").deploy()",
        endpoint: "my-model-2026-11-25-18-47-03-262",
        model: "my-model",
        prefix: "",
        name: "my-model",
        similar: &[("my-model-2-2026-11-25-18-47-03-262", "my-model-2")],
    },
    Row {
        call: "AsyncPredictor(Predictor(\"my-endpoint\"), name=\"my-endpoint\")",
        endpoint: "my-endpoint",
        model: "my-model",
        prefix: "",
        name: "my-endpoint",
        similar: &[("my-endpoint-2", "my-model")],
    },
    Row {
        call: "default_bucket_prefix=\"team-a\"",
        endpoint: ENDPOINT_BY_SDK,
        model: MODEL_BY_SDK,
        prefix: "team-a/",
        name: CUT,
        similar: &[("team-a", "team-a-model")],
    },
    Row {
        call: "default_bucket_prefix of several folders, one with the SDK's own name",
        endpoint: "my-endpoint",
        model: "my-model",
        prefix: "team-a/async-endpoint-inputs/other-261125-1846/speech/",
        name: "my-endpoint",
        similar: &[("other", "other"), ("speech", "speech")],
    },
    Row {
        call: "AsyncPredictor with a name of 51 characters, which is not cut",
        endpoint: NAME_51,
        model: "my-model",
        prefix: "",
        name: NAME_51,
        similar: &[(NAME_50, "another-model")],
    },
    Row {
        call: "AsyncPredictor with a name of 52 characters, which is cut",
        endpoint: NAME_52,
        model: "my-model",
        prefix: "",
        name: NAME_51,
        similar: &[(NAME_50, "another-model")],
    },
    Row {
        call: "AsyncPredictor with a name of 63 characters, under a prefix",
        endpoint: NAME_63,
        model: "my-model",
        prefix: "team-a/",
        name: NAME_51,
        similar: &[(NAME_50, "another-model")],
    },
    Row {
        call: "Model(name=\"my-model\").deploy(endpoint_name=\"speech\")",
        endpoint: "speech",
        model: "my-model",
        prefix: "",
        name: "my-model",
        similar: &[("my-model-2026", "my-model-2026"), ("my", "my")],
    },
];

impl Row {
    fn key(&self) -> String {
        let Self { prefix, name, .. } = self;
        let object = "2026-11-25-18-46-59-741-2f0c7f0e-6a55-4d0e-9a51-0f6d5a3c9be1";
        format!("{prefix}async-endpoint-inputs/{name}-261125-1846/{object}")
    }

    fn endpoints(&self) -> Vec<&'static str> {
        let similar = self.similar.iter().map(|(endpoint, _)| *endpoint);
        std::iter::once(self.endpoint).chain(similar).collect()
    }

    async fn scene(&self) -> TestWorld {
        let test_world = at_zero(&self.endpoints()).await;
        test_world.sim.with(|world| {
            let own = (self.endpoint, self.model);
            for (endpoint, model) in std::iter::once(&own).chain(self.similar) {
                world.endpoint_mut(endpoint).variants[0].model = Some((*model).to_owned());
            }
        });
        test_world
    }
}

#[test]
fn the_names_have_the_lengths_of_their_cases() {
    assert_eq!([NAME_50, NAME_51, NAME_52, NAME_63].map(str::len), [50, 51, 52, 63]);
    assert_eq!(CUT, &MODEL_BY_SDK[..51]);
    for row in ROWS {
        let folder = row.key().split('/').rev().nth(1).unwrap().to_owned();
        assert!(folder.len() <= 63, "{folder}");
    }
}

#[tokio::test]
async fn each_key_wakes_its_endpoint_and_no_similar_one() {
    let routes = json!([{ "preset": "sagemaker-sdk", "bucket": BUCKET }]).to_string();
    for row in ROWS {
        let notified = json!({ "Records": [upload(BUCKET, &row.key(), Timestamp::now())] });
        for event in [notified, on_event_bus(BUCKET, &row.key())] {
            let test_world = row.scene().await;
            let mut function = Function::start(test_world.url(), &routes).await;
            let invoked = function.invoke(&event).await;
            let decisions = invoked.answer()["decisions"].as_array().unwrap();
            let reasons: Vec<_> = decisions.iter().map(|it| &it["reason"]).collect();
            assert_eq!(reasons, ["work_arrived"], "{}", row.call);
            assert_eq!(woken(&test_world, &row.endpoints()), [row.endpoint], "{}", row.call);
        }
    }
}
