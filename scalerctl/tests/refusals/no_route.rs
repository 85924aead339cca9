//! A VPC without a route to AWS: the names of its servers are resolved, and they cannot be reached.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use crate::{KEYS, REGION, has};

/// An address for documentation (RFC 5737).
const SERVER: &str = "203.0.113.1";

/// Commands with their first service, and its host.
const COMMANDS: [(&[&str], &str, &str); 3] = [
    (&["wake", "my-endpoint"], "sagemaker", "api.sagemaker"),
    (&["status"], "application-autoscaling", "application-autoscaling"),
    (&["logs"], "lambda", "lambda"),
];

/// A file of hosts with the addresses of the services. It is written once, because the tests run at the same time.
static HOSTS: LazyLock<PathBuf> = LazyLock::new(|| {
    let names =
        COMMANDS.map(|(_, _, host)| format!("{SERVER} {host}.eu-central-1.amazonaws.com\n"));
    let hosts = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hosts-without-a-route");
    fs::write(&hosts, names.concat()).unwrap();
    hosts
});

/// Runs a command in a network of its own, after `before`, a command of a shell.
fn in_a_network(before: &str, command: &[&str]) -> Output {
    let hosts = HOSTS.display();
    let script = format!("mount --bind '{hosts}' /etc/hosts && {before} && exec \"$@\"");
    Command::new("unshare")
        .args(["--net", "--mount", "--map-root-user", "sh", "-c", &script, "sh"])
        .args(command)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .envs(KEYS)
        .envs([REGION, ("AWS_CONFIG_FILE", "/dev/null"), ("AWS_MAX_ATTEMPTS", "1")])
        .output()
        .unwrap()
}

/// Asserts that the command names the host, and what a VPC needs.
fn advises(before: &str, (command, service, host): (&[&str], &str, &str), why: &str) {
    let arguments = [&[env!("CARGO_BIN_EXE_scalerctl")][..], command].concat();
    let output = in_a_network(before, &arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{command:?}: {message}");
    let host = format!("{host}.eu-central-1.amazonaws.com");
    let advice = format!(
        "\nwhat to do: give this network a route to {host}: in a VPC, a NAT gateway or a VPC endpoint for {service} that \
         the security groups allow; "
    );
    let curl = format!("\n  curl -v --connect-timeout 5 https://{host}\n");
    has(&message, &[&format!("no answer from AWS: {why}\n"), &advice, &curl]);
}

fn can(before: &str) -> bool {
    let output = in_a_network(before, &["true"]);
    let is_possible = output.status.success();
    if !is_possible {
        eprintln!("skipped: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    is_possible
}

#[test]
fn a_network_without_a_route_is_told_what_a_vpc_needs() {
    if can("true") {
        for command in COMMANDS {
            advises("true", command, "there is no route to the server");
        }
    }
}

/// As with a route to nowhere, or a security group without a rule.
#[test]
fn a_network_that_drops_packets_is_told_what_a_vpc_needs() {
    let drops = format!("ip link set lo up && ip route add {SERVER} dev lo");
    if can(&drops) {
        advises(&drops, COMMANDS[0], "no connection in time");
    }
}
