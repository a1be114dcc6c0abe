export const noticesPath: string;
export function notices(): string;
