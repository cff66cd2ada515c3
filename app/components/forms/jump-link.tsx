import type { MouseEvent, ReactNode } from "react";

interface JumpLinkProps {
  /** Id of a field or region on this page. */
  to: string;
  children: ReactNode;
  className: string;
}

/**
 * Moves the focus within the page. With JavaScript the address stays as it is: a change of its fragment would count as
 * a navigation, and the answer to the form that was just sent would be gone.
 */
export function JumpLink({ to, children, className }: JumpLinkProps) {
  function jump(event: MouseEvent) {
    const target = document.getElementById(to);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }
  return (
    <a href={`#${to}`} onClick={jump} className={className}>
      {children}
    </a>
  );
}
