//! The answers of each operation that is served, compared with AWS's service models by botocore.

use std::{env, process::Command};

use super::server::serve;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/local-aws/tests/shapes.py");
const OPERATIONS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../simulator/src/http/wire/operations.json");

#[test]
fn each_answer_has_the_members_and_the_types_of_the_model() {
    let Some(python) = env::var_os("LOCAL_AWS_PYTHON") else {
        println!("skipped: set LOCAL_AWS_PYTHON to a Python that has botocore");
        return;
    };
    let server = serve(&[]);
    let output = Command::new(python).args([SCRIPT, &server.url, OPERATIONS]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
