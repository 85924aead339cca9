//! What a person has in place of policies for the simulation: files of the AWS CLI, of CloudFormation, of Terraform.
//!
//! Each kind of file becomes entries in the JSON of the AWS CLI. What cannot be played is refused by name.
//!
//! | file | contents |
//! |---|---|
//! | `document`, `yaml` | the kinds of files, and their text |
//! | `cloudformation`, `intrinsic` | resources of a template, and its functions |
//! | `terraform` | resources of Terraform's JSON |
//! | `entry` | a policy or an alarm of a file |
//! | `endpoint_choice` | the endpoint whose policies are played |
//! | `own_alarms` | the alarms of its policies, and how many others there are |
//! | `simulated_metric` | the metrics in the simulation, and those that it does not play |
//! | `metric_values` | values of a metric from a CSV file |

mod cloudformation;
mod document;
mod endpoint_choice;
mod entry;
mod intrinsic;
pub mod metric_values;
mod own_alarms;
mod simulated_metric;
mod terraform;
pub mod user_policies;
mod yaml;
