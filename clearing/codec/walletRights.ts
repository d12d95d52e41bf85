/** Mirror of `WalletRights`: what a registered address may do for an account on its chain without the owner's signature. */
export const walletRights = { bePaid: 1, act: 2 } as const;
