//! Each AWS CLI command in the shell blocks of docs/ runs on `scalerctl aws` and succeeds.
//!
//! The blocks run as they are in the documents, each on a new server. `sam`, and the services of AWS that the local AWS
//! does not have, are replaced by scripts that print what the block needs. Only words that stand for a name are replaced.

use std::{
    collections::BTreeSet,
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::server::serve;

/// The services that the local AWS does not have, and why.
const ELSEWHERE: [(&str, &str); 4] = [
    ("cloudformation", "the local AWS has no stacks"),
    ("cloudtrail", "the local AWS has no trails"),
    ("configure", "reads the profile of the user"),
    (
        "service-quotas",
        "without a fault, the quota is above the value of the page; the scenes of faults run it",
    ),
];

/// Words of the documents that stand for a name, and the name on the local AWS.
const NAMES: [(&str, &str); 8] = [
    ("FUNCTION_NAME", "reactive-scaler"),
    ("FUNCTION_ARN", "arn:aws:lambda:eu-central-1:123456789012:function:reactive-scaler"),
    ("TOPIC_ARN", "$TOPIC"),
    ("DEAD_LETTER_QUEUE_URL", "$QUEUE"),
    ("--function-name FUNCTION", "--function-name reactive-scaler"),
    ("--policy-name NAME", "--policy-name mine"),
    ("CODE", "L-0"),
    ("my-artifacts", "my-inputs"),
];

/// What each block has.
const TARGET: &str = r#"
touch reactive-scaler-0.1.0-x86_64.zip
target=(--service-namespace sagemaker --scalable-dimension sagemaker:variant:DesiredInstanceCount
        --resource-id endpoint/my-endpoint/variant/AllTraffic)
"#;

/// What exists before a block that has one of these words. A start of the AWS CLI takes a second of processor time.
const BEFORE: [(&[&str], &str); 6] = [
    (
        &["delete-scaling-policy"],
        r#"aws application-autoscaling put-scaling-policy "${target[@]}" --policy-name mine \
    --policy-type StepScaling --step-scaling-policy-configuration \
    'AdjustmentType=ExactCapacity,StepAdjustments=[{MetricIntervalLowerBound=0,ScalingAdjustment=1}]' > /dev/null"#,
    ),
    (
        &["delete-scheduled-action"],
        r#"aws application-autoscaling put-scheduled-action "${target[@]}" --schedule 'at(2100-01-01T00:00:00)' \
    --scheduled-action-name reactive-scaler-lease --scalable-target-action MinCapacity=0 > /dev/null"#,
    ),
    (
        &["my-model", "my-new-config"],
        r"aws sagemaker create-model --model-name my-model \
    --execution-role-arn arn:aws:iam::123456789012:role/my-role \
    --primary-container Image=123456789012.dkr.ecr.eu-central-1.amazonaws.com/image:1 > /dev/null",
    ),
    (
        &["my-new-config"],
        r"aws sagemaker create-endpoint-config --endpoint-config-name my-new-config \
    --production-variants VariantName=AllTraffic,ModelName=my-model,InstanceType=ml.g5.xlarge,InitialInstanceCount=1 \
    --async-inference-config 'OutputConfig={S3OutputPath=s3://my-inputs/out}' > /dev/null",
    ),
    (
        &["$TOPIC"],
        "export TOPIC=$(aws sns create-topic --name my-topic --query TopicArn --output text)",
    ),
    (
        &["$QUEUE"],
        r#"export QUEUE=$(aws sqs create-queue --queue-name dead-letters --query QueueUrl --output text)
aws sqs send-message --queue-url "$QUEUE" --message-body '{}' > /dev/null"#,
    ),
];

/// Each shell block with an `aws` command, with its page.
fn blocks() -> Vec<(String, String)> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut pages: Vec<_> = fs::read_dir(docs).unwrap().map(|it| it.unwrap().path()).collect();
    pages.sort();
    let mut blocks = Vec::new();
    for page in pages.iter().filter(|it| it.extension().is_some_and(|it| it == "md")) {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(page).unwrap();
        for (row, block) in text.split("```").enumerate().filter(|(row, _)| row % 2 == 1) {
            let (language, body) = block.split_once('\n').unwrap_or(("", ""));
            let shell = language.starts_with("sh") || language.starts_with("bash");
            if shell && body.lines().any(|line| line.contains("aws ")) {
                blocks.push((format!("{name}, block {}", row / 2), body.to_owned()));
            }
        }
    }
    blocks
}

fn program(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A folder with `aws`, `sam` and `scalerctl`: the first records each command with its exit code. Version 1 of the AWS
/// CLI, which PyPI has, sends binary values as they are and has no option for it, and its SQS ignores
/// `AWS_ENDPOINT_URL`.
fn programs(folder: &Path, python: &Path) {
    let real = python.parent().unwrap().join("aws");
    let real = real.display();
    let elsewhere = ELSEWHERE.map(|(service, _)| service).join("|");
    program(
        folder,
        "aws",
        &format!(
            "#!/usr/bin/env bash\n\
             case \"$1 $2\" in\n\
             'configure get') echo eu-central-1; exit ;;\n\
             'cloudformation describe-stacks') case \"$*\" in *FunctionName*) echo reactive-scaler ;; \
             *) echo true ;; esac; exit ;;\n\
             'cloudtrail get-event-selectors') echo '[]'; exit ;;\n\
             esac\n\
             case \"$1\" in {elsewhere}) exit 0 ;; esac\n\
             arguments=()\n\
             while [ $# -gt 0 ]; do case \"$1\" in --cli-binary-format) shift 2 ;; \
             *) arguments+=(\"$1\"); shift ;; esac; done\n\
             set -- \"${{arguments[@]}}\"\n\
             out=$(mktemp)\n\
             {real} --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\" > \"$out\" 2> \"$out.err\"; code=$?\n\
             cat \"$out\"; cat \"$out.err\" >&2\n\
             echo \"$code $1 $2 $(head -c 300 \"$out.err\" | tr '\\n' ' ')\" >> \"$RECORD\"\n\
             exit $code\n"
        ),
    );
    program(folder, "sam", "#!/bin/sh\nexit 0\n");
    // The commands of scalerctl in these blocks have tests of their own.
    program(folder, "scalerctl", "#!/bin/sh\nexit 0\n");
}

#[test]
fn each_command_of_the_documents_succeeds() {
    let Some(python) = env::var_os("LOCAL_AWS_PYTHON").map(PathBuf::from) else {
        eprintln!("skipped: LOCAL_AWS_PYTHON names no Python with boto3 and the AWS CLI");
        return;
    };
    let mut seen = BTreeSet::new();
    let mut failed = Vec::new();
    for (place, block) in blocks() {
        let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"},{"endpoint":"second"}]"#;
        let server =
            serve(&["--routes".into(), routes.into(), "--provisioning".into(), "1s".into()]);
        let folder = tempfile::tempdir().unwrap();
        programs(folder.path(), &python);
        let record = folder.path().join("record");
        let block = NAMES.iter().fold(block, |block, (word, name)| block.replace(word, name));
        let before =
            BEFORE.iter().filter(|(words, _)| words.iter().any(|word| block.contains(word)));
        let before = before.map(|(_, commands)| *commands).collect::<Vec<_>>().join("\n");
        let script = format!("{TARGET}\n{before}\n: > \"$RECORD\"\n{block}");
        fs::write(folder.path().join("block.sh"), script).unwrap();
        let path = env::var("PATH").unwrap_or_default();
        let output = Command::new("bash")
            .arg("block.sh")
            .current_dir(folder.path())
            .env_clear()
            .envs([
                ("PATH", format!("{}:{path}", folder.path().display())),
                ("HOME", folder.path().display().to_string()),
                ("RECORD", record.display().to_string()),
                ("AWS_ENDPOINT_URL", server.url.clone()),
            ])
            .envs([
                ("AWS_DEFAULT_REGION", "eu-central-1"),
                ("AWS_ACCESS_KEY_ID", "local"),
                ("AWS_SECRET_ACCESS_KEY", "local"),
            ])
            .output()
            .unwrap();
        let record = fs::read_to_string(record).unwrap_or_default();
        for line in record.lines() {
            let (code, command) = line.split_once(' ').unwrap();
            seen.insert(command.split(' ').take(2).collect::<Vec<_>>().join(" "));
            if code != "0" {
                failed.push(format!("docs/{place}: {command} (exit code {code})"));
            }
        }
        if record.is_empty()
            && !ELSEWHERE.iter().any(|(service, _)| block.contains(&format!("aws {service}")))
        {
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            failed.push(format!("docs/{place}: no command ran\n{errors}"));
        }
    }
    println!("served: {}", seen.iter().cloned().collect::<Vec<_>>().join(", "));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(seen.len() >= 15, "only {} different commands ran: {seen:?}", seen.len());
}
