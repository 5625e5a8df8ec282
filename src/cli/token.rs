//! `accord token`: bearer tokens of users and of the deployment's operators.

use std::process::ExitCode;

use accord::govern::{Role, TOKENS_DOCUMENT, TokenHolder, TokenRole, Tokens};
use accord::model::Timestamp;
use accord::store::{Store, StoreAddress};

use super::CommandError;
use super::settings;

/// Make, list and revoke the tokens that callers of the API show
///
/// A token names its holder's agency and user. Its text is printed once and kept nowhere; the store
/// keeps a hash. A revoked token is refused from the next request on.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord token create --store case.accord --agency metro-police --user jdoe
  accord token create --store case.accord --agency it --user prometheus --operator
  accord token list --store case.accord
  accord token revoke --store case.accord --agency metro-police --user jdoe")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make a token and print it
    Create {
        #[command(flatten)]
        holder: HolderArguments,
        /// What the user does, once for each role: analyst, investigator, task_force_lead,
        /// victim_specialist, approver, privacy_officer, agency_auditor, graph_specialist, watch_desk;
        /// analyst and investigator when absent
        #[arg(long = "role", value_parser = role_named)]
        roles: Vec<Role>,
        /// For reading the server's metrics and registering agencies; sees no content
        #[arg(long, conflicts_with = "roles")]
        operator: bool,
    },
    /// Print the holders of tokens
    List {
        #[command(flatten)]
        store: StoreOnly,
    },
    /// Remove all tokens of a user
    Revoke {
        #[command(flatten)]
        holder: HolderArguments,
    },
}

#[derive(clap::Args)]
struct StoreOnly {
    /// The store: a file path, or bolt://user:password@host:port/database for Neo4j
    #[arg(long, value_name = "STORE", env = "ACCORD_STORE")]
    store: StoreAddress,
}

#[derive(clap::Args)]
struct HolderArguments {
    #[command(flatten)]
    store: StoreOnly,
    /// The agency
    #[arg(long)]
    agency: String,
    /// The user within the agency
    #[arg(long)]
    user: String,
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::Create { holder, operator, roles } => {
            let store = settings::open(&holder.store.store, true)?;
            let roles = if *operator { vec![Role::SystemAdministrator] } else { roles.clone() };
            println!("{}", create(store.as_ref(), &holder.agency, &holder.user, &roles)?);
        }
        Action::List { store } => {
            let store = settings::open(&store.store, false)?;
            for holder in read(store.as_ref())?.holders() {
                let role = match holder.role {
                    TokenRole::Analyst => "analyst",
                    TokenRole::Operator => "operator",
                };
                let roles: Vec<String> = holder.roles.iter().map(name).collect();
                let (agency, user) = (&holder.agency, &holder.user);
                println!("{}  {role:<8}  {agency}  {user}  {}", holder.created, roles.join(","));
            }
        }
        Action::Revoke { holder } => {
            let store = settings::open(&holder.store.store, false)?;
            let mut tokens = read(store.as_ref())?;
            let revoked = tokens.revoke(&holder.agency, &holder.user);
            store.put_document(TOKENS_DOCUMENT, &tokens.to_document())?;
            println!("{revoked} tokens revoked");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The role of this name.
fn role_named(name: &str) -> Result<Role, String> {
    let all = Role::ALL.into_iter().filter(|role| *role != Role::SystemAdministrator);
    all.into_iter().find(|role| self::name(role) == name).ok_or_else(|| "no such role".to_owned())
}

fn name(role: &Role) -> String {
    let value = serde_json::to_value(role).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Makes a token and keeps its hash in the store; without roles, an investigator's.
pub fn create(
    store: &dyn Store,
    agency: &str,
    user: &str,
    roles: &[Role],
) -> Result<String, CommandError> {
    let mut tokens = read(store)?;
    let created = Timestamp::from(jiff::Timestamp::now());
    let operator = roles.contains(&Role::SystemAdministrator);
    let role = if operator { TokenRole::Operator } else { TokenRole::Analyst };
    let roles = roles.iter().copied().filter(|role| *role != Role::SystemAdministrator).collect();
    let (agency, user) = (agency.to_owned(), user.to_owned());
    let holder = TokenHolder { agency, user, role, roles, created };
    let text = tokens.create(rand::random(), holder)?;
    store.put_document(TOKENS_DOCUMENT, &tokens.to_document())?;
    Ok(text)
}

fn read(store: &dyn Store) -> Result<Tokens, CommandError> {
    Ok(Tokens::from_document(store.document(TOKENS_DOCUMENT)?.as_deref())?)
}
