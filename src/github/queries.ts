/** Everything that is asked of GitHub's GraphQL API, in one place: the tests hold each to GitHub's schema. */

/** Whose token this is. */
export const whoami = "query { viewer { login databaseId } }";

/** The newest open pull requests to a branch with the files that they change, and whose token this is. */
export const openPulls = `query ($owner: String!, $repo: String!, $base: String!, $pulls: Int!, $files: Int!) {
  viewer { login databaseId }
  repository(owner: $owner, name: $repo) {
    pullRequests(states: OPEN, first: $pulls, baseRefName: $base, orderBy: { field: CREATED_AT, direction: DESC }) {
      totalCount
      nodes {
        number
        title
        files(first: $files) { totalCount nodes { path changeType } }
      }
    }
  }
}`;

/** Folds a comment away as outdated. */
export const minimize = `mutation ($id: ID!) {
  minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { clientMutationId }
}`;
