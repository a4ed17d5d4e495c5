import { type ComponentType, createElement, Suspense } from 'react'
import { lazyPart } from './lazy-part.ts'

/** A blade whose form is loaded when somebody opens it: a page is there before. */
export function lazyBlade<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const Blade: ComponentType<Props> = lazyPart(load)
  return (props: Props) => <Suspense>{createElement(Blade, props)}</Suspense>
}
