/** The project one was in last, so that the next visit begins there. */
const KEY = 'flaghoist-project';

export function lastProject(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function rememberProject(project: string): void {
  try {
    localStorage.setItem(KEY, project);
  } catch {
    // A browser that keeps nothing begins with the first project.
  }
}
